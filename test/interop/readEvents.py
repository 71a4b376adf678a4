"""What TensorBoard makes of a folder of event files: {"logdir": path}. By its EventAccumulator, and by what its HTTP server gives the page."""
import json
import os
import sys

sys.modules["tensorflow"] = None  # TensorBoard's own stub reads as well, and is there at once
from tensorboard import default, program
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util
import tensorboard.plugins.hparams.metadata as hparams
import urllib.request

logdir = json.loads(sys.argv[1])["logdir"]


def run(path):
    events = EventAccumulator(path, size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0})
    events.Reload()
    tags = events.Tags()
    texts = {}
    for tag in tags["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "text":
            texts[tag] = [[e.step, [t.decode() for t in tensor_util.make_ndarray(e.tensor_proto).ravel().tolist()]] for e in events.Tensors(tag)]
    return {
        "scalars": {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags["scalars"]},
        "histograms": {
            tag: [[e.step, h.min, h.max, h.num, h.sum, h.sum_squares, list(h.bucket_limit), list(h.bucket)] for e in events.Histograms(tag) for h in [e.histogram_value]]
            for tag in tags["histograms"]
        },
        "images": {tag: [[e.step, e.width, e.height, e.encoded_image_string[1:4].decode()] for e in events.Images(tag)] for tag in tags["images"]},
        "texts": texts,
        "graph": [[n.name, n.op, list(n.input)] for n in events.Graph().node] if tags["graph"] else [],
    }


# the page's own server, with its data server if the platform has one
board = program.TensorBoard(plugins=default.get_plugins())
board.configure(argv=[None, "--logdir", logdir, "--port", "0", "--host", "localhost", "--reload_interval", "0"])
url = board.launch()
ask = lambda path, body=None: json.loads(urllib.request.urlopen(urllib.request.Request(url + path, data=body, headers={"Content-Type": "application/json"})).read())
page = {
    "scalars": {run: sorted(tags) for run, tags in ask("data/plugin/scalars/tags").items()},
    "histograms": {run: sorted(tags) for run, tags in ask("data/plugin/histograms/tags").items()},
    "images": {run: sorted(tags) for run, tags in ask("data/plugin/images/tags").items()},
    "text": ask("data/plugin/text/tags"),
    "graphs": sorted(ask("data/plugin/graphs/info")),
    "hparams": ask("data/plugin/hparams/session_groups", json.dumps({"experimentName": "", "colParams": [], "startIndex": 0, "sliceSize": 10, "allowedStatuses": ["STATUS_SUCCESS", "STATUS_RUNNING", "STATUS_FAILURE", "STATUS_UNKNOWN"]}).encode()),
}
runs = {os.path.relpath(path, logdir): run(path) for path, _, files in os.walk(logdir) if any("tfevents" in f for f in files)}
print(json.dumps({"runs": runs, "page": page}))
os._exit(0)
