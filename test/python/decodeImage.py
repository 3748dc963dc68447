"""Prints the values of every pixel of an image as pydicom decodes it: decodeImage.py file → JSON list."""

import json
import sys

from pydicom import dcmread

json.dump(dcmread(sys.argv[1]).pixel_array.ravel().tolist(), sys.stdout)
