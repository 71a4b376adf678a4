import "@tensorflow/tfjs-layers"
import * as xl from "./model/transformerXlEstimator.ts"
import * as W from "./peers/Workload.ts"
import { Effect } from "effect"
import * as TracerTfjs from "../src/layers/tracing/TracerTfjs.ts"
import { Tracer } from "../src/services/Tracer.ts"
const s = W.sizesFromEnvironment()
const e = xl.make(s, "/tmp/bdata", 1)
const t = { dtype: "int32" as const, shape: [8, 128] }
const t0 = performance.now()
const r = await Effect.runPromise(Tracer.use((x) => x.trace({ modelFn: e.modelFn, cacheFn: e.cacheFn, mode: "train", params: e.params, replicas: 1, features: t, labels: t, perReplicaBatchSize: 8 })).pipe(Effect.provide(TracerTfjs.layer)))
console.log(performance.now() - t0, r.program.step.nodes.length)
const n = new Map<string, number>()
for (const x of r.program.step.nodes) { const k = x.op; n.set(k, (n.get(k) ?? 0) + 1) }
console.log(Object.fromEntries([...n].sort((a, b) => b[1] - a[1])))
import * as Print from "../src/domain/graph/Print.ts"
console.log((Print as any).print?.(r.program.step))
