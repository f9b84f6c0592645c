import keras
import tensorflow as tf

network = keras.models.load_model("network.keras")


def predict(texts):
    return network(tf.constant(texts))
