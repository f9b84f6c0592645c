"""Train the network and save it as network.keras: run this once before the build."""

import csv

import keras
import tensorflow as tf
from keras import layers

LENGTH, SIZE = 24, 16
rows = list(csv.DictReader(open("reviews.csv")))
texts = tf.constant([row["text"] for row in rows])
labels = tf.constant([float(row["label"] == "fine") for row in rows])

keras.utils.set_random_seed(1)
vectorise = layers.TextVectorization(output_sequence_length=LENGTH)
vectorise.adapt(texts)
text = keras.Input((), dtype="string")
ids = vectorise(text)
places = layers.Embedding(LENGTH, SIZE)(keras.ops.arange(LENGTH))
x = layers.Embedding(vectorise.vocabulary_size(), SIZE)(ids) + places
known = keras.ops.not_equal(ids, 0)[:, None, :]
x = layers.LayerNormalization()(
    x + layers.MultiHeadAttention(2, 8)(x, x, attention_mask=known)
)
x = layers.LayerNormalization()(x + layers.Dense(SIZE)(layers.Dense(32, "relu")(x)))
odds = layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x))
network = keras.Model(text, odds)
network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
network.fit(texts, labels, batch_size=16, epochs=20, verbose=0)
network.save("network.keras")
