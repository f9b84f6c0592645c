"""Fit the network and write model.onnx and words.json: run this once before the build.

It needs the package `onnx`; the study itself needs `onnxruntime` alone.
"""

import csv
import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

rows = list(csv.DictReader(open("reviews.csv")))
counter = CountVectorizer(token_pattern=r"\w+")
counts = counter.fit_transform([row["text"] for row in rows]).toarray()
shares = counts / counts.sum(axis=1, keepdims=True)
model = LogisticRegression(C=100).fit(shares, [row["label"] == "fine" for row in rows])
vectors = np.zeros((counts.shape[1] + 1, 2), np.float32)  # 0 is for unknown words
vectors[1:, 1] = model.coef_[0]
bias = np.array([0, model.intercept_[0]], np.float32)

nodes = [
    helper.make_node("Gather", ["vectors", "ids"], ["read"]),
    helper.make_node("ReduceMean", ["read"], ["mean"], axes=[0], keepdims=0),
    helper.make_node("Add", ["mean", "bias"], ["logits"]),
    helper.make_node("Softmax", ["logits"], ["odds"], axis=0),
]
tables = {"vectors": vectors, "bias": bias}
graph = helper.make_graph(
    nodes,
    "averaged words",
    [helper.make_tensor_value_info("ids", TensorProto.INT64, ["words"])],
    [helper.make_tensor_value_info("odds", TensorProto.FLOAT, [2])],
    [
        numpy_helper.from_array(vectors, "vectors"),
        numpy_helper.from_array(bias, "bias"),
    ],
)
opset = helper.make_opsetid("", 17)
onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), "model.onnx")
words = {word: int(number) + 1 for word, number in counter.vocabulary_.items()}
json.dump(words, open("words.json", "w"), sort_keys=True)
