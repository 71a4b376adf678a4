/**
 * A workload by its name (the argument) as a user writes it, trained by the whole program on `DeviceOnnx`, or
 * on the engine that a second argument names.
 *
 * @since 0.1.0
 */
import * as estimatorBursts from "../harness/estimatorBursts.ts"
import { serve } from "../harness/serve.ts"
import * as workEstimator from "../model/workEstimator.ts"
import { threads } from "../peers/Work.ts"
import { works } from "../peers/works.ts"

const work = works.get(process.argv[2]!)!
const directory = process.env["BENCH_DATA"]!
const bursts = estimatorBursts.start({
  // one step a device run: the steps are timed singly, and the session loop's cost is paid at each
  estimator: workEstimator.make(work, directory, 1),
  batches: workEstimator.batches(work, directory),
  device: estimatorBursts.engineOf(process.argv[3], threads)
})
await serve("estimator", bursts.burst)
await bursts.close()
