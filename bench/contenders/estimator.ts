/**
 * Our own contender: the model as a user writes it, trained by the whole program (infeed, worker, hooks) on the engine named by
 * the argument (default: `onnx`).
 *
 * @since 0.1.0
 */
import * as estimatorBursts from "../harness/estimatorBursts.ts"
import { serve } from "../harness/serve.ts"
import * as transformerXl from "../model/transformerXlEstimator.ts"
import * as Workload from "../peers/Workload.ts"

const sizes = Workload.sizesFromEnvironment()
const directory = process.env["BENCH_DATA"]!
const bursts = estimatorBursts.start({
  // one step a device run: the steps are timed singly, and the session loop's cost is paid at each
  estimator: transformerXl.make(sizes, directory, 1),
  batches: transformerXl.batches(sizes, directory),
  device: estimatorBursts.engineOf(process.argv[2], sizes.threads)
})
await serve("estimator", bursts.burst)
await bursts.close()
