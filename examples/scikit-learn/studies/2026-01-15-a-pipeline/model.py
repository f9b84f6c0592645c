import csv

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

rows = list(csv.DictReader(open("reviews.csv")))
model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
model.fit([row["text"] for row in rows], [row["label"] for row in rows])
predict = model.predict_proba
