"""Train the network and save it as network.keras: run this once before the build."""

import csv

import keras
import tensorflow as tf
from keras import layers

LENGTH = 24
rows = list(csv.DictReader(open("reviews.csv")))
texts = tf.constant([row["text"] for row in rows])
labels = tf.constant([float(row["label"] == "fine") for row in rows])

keras.utils.set_random_seed(1)
vectorise = layers.TextVectorization(output_sequence_length=LENGTH, split="whitespace")
vectorise.adapt(texts)
text = keras.Input((), dtype="string")
ids = vectorise(text)
vectors = layers.Embedding(vectorise.vocabulary_size(), 16)(ids)
states = layers.Bidirectional(layers.LSTM(12, return_sequences=True))(vectors)
scores = layers.Reshape((LENGTH,))(layers.Dense(1)(states))
weights = layers.Softmax()(scores, mask=keras.ops.not_equal(ids, 0))
summed = layers.Dot(axes=1)([weights, states])
odds = layers.Dense(2, activation="softmax")(summed)
trained = keras.Model(text, odds)
trained.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
trained.fit(texts, labels, batch_size=16, epochs=15, verbose=0)
keras.Model(text, [odds, weights]).save("network.keras")
