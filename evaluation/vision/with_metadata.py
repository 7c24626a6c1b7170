"""Adds the metadata to MediaPipe's face detector that its Tasks API requires, and that the published file lacks.

Usage:

    pip install --no-deps mediapipe==1.2.2 flatbuffers==25.12.19
    python evaluation/vision/with_metadata.py MODEL.tflite RESULT.tflite
"""

import sys
from importlib.util import find_spec
from pathlib import Path

import flatbuffers

# Importing the package itself would need many more dependencies than these two files.
sys.path.insert(0, str(Path(find_spec("mediapipe").submodule_search_locations[0]) / "tasks" / "metadata"))
import metadata_schema_py_generated as metadata
import schema_py_generated as schema


def image():
    """The input: red, green and blue, each brought to −1 to 1."""
    options = metadata.NormalizationOptionsT()
    options.mean, options.std = [127.5], [127.5]
    unit = metadata.ProcessUnitT()
    unit.optionsType, unit.options = metadata.ProcessUnitOptions.NormalizationOptions, options
    range_ = metadata.StatsT()
    range_.min, range_.max = [-1.0], [1.0]
    properties = metadata.ImagePropertiesT()
    properties.colorSpace = metadata.ColorSpaceType.RGB
    tensor = metadata.TensorMetadataT()
    tensor.name, tensor.processUnits, tensor.stats = "image", [unit], range_
    tensor.content = metadata.ContentT()
    tensor.content.contentPropertiesType = metadata.ContentProperties.ImageProperties
    tensor.content.contentProperties = properties
    return tensor


def output(name):
    tensor = metadata.TensorMetadataT()
    tensor.name, tensor.content = name, metadata.ContentT()
    tensor.content.contentPropertiesType = metadata.ContentProperties.FeatureProperties
    tensor.content.contentProperties = metadata.FeaturePropertiesT()
    return tensor


def packed(table, identifier):
    builder = flatbuffers.Builder(0)
    builder.Finish(table.Pack(builder), identifier)
    return bytes(builder.Output())


def main(source, result):
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(Path(source).read_bytes(), 0))
    graph = metadata.SubGraphMetadataT()
    graph.inputTensorMetadata = [image()]
    graph.outputTensorMetadata = [output("regressors"), output("classificators")]
    about = metadata.ModelMetadataT()
    about.name, about.subgraphMetadata, about.minParserVersion = "FaceDetector", [graph], "1.0.0"
    buffer = schema.BufferT()
    buffer.data = list(packed(about, b"M001"))
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    Path(result).write_bytes(packed(model, b"TFL3"))


main(*sys.argv[1:])
