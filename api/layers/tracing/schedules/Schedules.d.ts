export { scale, sequence, warmup } from "./compose.ts";
export { cosineRestarts, oneCycle } from "./cycles.ts";
export { constant, cosine, exponential, inverseSqrt, noam, piecewiseConstant, polynomial } from "./decays.ts";
export { type Arithmetic, type Formula } from "./Formula.ts";
export { make, type Schedule } from "./Schedule.ts";
