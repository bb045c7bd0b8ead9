"""OpenCV's frontal Haar cascade with its defaults: haar.py LIST detect WARMUP. Prints what measure.cjs prints."""
import json
import resource
import sys

import cv2


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


cv2.setNumThreads(1)
cascade = cv2.CascadeClassifier("/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml")
with open(sys.argv[1], encoding="utf-8") as listed:
    files = listed.read().split("\n")[:-1]
warm_up = min(int(sys.argv[3]), len(files))
for i, file in enumerate(files[:warm_up] + files):
    began = used()
    picture = cv2.imread(file)
    decoded = used()
    found = cascade.detectMultiScale(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    ended = used()
    faces = [{"box": [int(v) for v in box], "score": 1, "age": None, "male": None} for box in found]
    if i >= warm_up:
        print(json.dumps({"file": file, "cpu": ended - decoded, "decodeCpu": decoded - began, "faces": faces}))
print(json.dumps({"version": cv2.__version__}))
