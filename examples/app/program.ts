/**
 * The application's model as a program of its own, for the command line: `effect-estimator train -p examples/app/program.ts`.
 */
import { defineProgram } from "../../src/index.ts"
import { makeEstimator, points } from "./model.ts"

export default defineProgram({
  params: { batch: 32 },
  make: ({ batch }) => ({ estimator: makeEstimator({}), train: points(batch) })
})
