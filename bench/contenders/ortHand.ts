/**
 * The hand-written onnxruntime contender: a graph and a loop made for this one model, without a framework.
 *
 * @since 0.1.0
 */
import * as ort from "onnxruntime-node"
import * as ortLoop from "../harness/ortLoop.ts"
import { serve } from "../harness/serve.ts"
import { ortStep } from "../peers/ortStep.ts"
import * as Workload from "../peers/Workload.ts"

const sizes = Workload.sizesFromEnvironment()
const directory = process.env["BENCH_DATA"]!
const graph = ortStep(sizes)
const weights = Workload.readWeights(directory, sizes)
const { x, y } = Workload.readTokens(directory, sizes)
const ids = (data: Int32Array) => new ort.Tensor("int32", data, [sizes.batch, sizes.target])

const burst = await ortLoop.make({
  bytes: graph.bytes,
  threads: sizes.threads,
  state: [...graph.state].map(([name, shape]) => ({ name, shape, initial: name.startsWith("p.") ? weights.get(name.slice(2)) : undefined })),
  batches: x.map((data, i) => ({ x: ids(data), y: ids(y[i]!) }))
})
await serve("ort-hand", burst)
process.exit(0)
