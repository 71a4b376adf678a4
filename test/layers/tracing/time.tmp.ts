import { trace } from "../../../src/layers/tracing/trace.ts"
import { modelFn, cacheFn } from "../../../bench/model/transformerXl.ts"
import * as W from "../../../bench/peers/Workload.ts"
const sizes: any = { ...W.sizesFromEnvironment(), layers: 12, modelWidth: 512, heads: 8, headWidth: 64 }
const weights: any = new Map([...W.weightShapes(sizes)].map(([n, s]) => [n, new Float32Array(s.reduce((a: number, b: number) => a * b, 1)).map((_, i) => Math.sin(i))]))
const req: any = { modelFn, cacheFn: cacheFn(sizes), mode: "train", params: { sizes, weights }, replicas: 2, features: { dtype: "int32", shape: [8, sizes.target] }, labels: { dtype: "int32", shape: [8, sizes.target] }, perReplicaBatchSize: 8 }
for (let i = 0; i < 3; i++) { const t0 = performance.now(); const t = trace(req); console.log((performance.now() - t0).toFixed(0), "ms", t.program.step.nodes.length, "nodes", t.program.init.nodes.length, t.program.step.parameters.length) }
