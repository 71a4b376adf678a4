#!/usr/bin/env node
/**
 * The executable `effect-estimator`.
 *
 * @since 0.1.0
 */
import { runMain } from "./runMain.ts"

runMain()
