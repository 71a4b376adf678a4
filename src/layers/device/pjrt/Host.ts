/**
 * The engine's name, and what to do where it cannot run.
 *
 * @since 0.1.0
 */

/** @category constants @since 0.1.0 */
export const engine = "pjrt"

/** @category constants @since 0.1.0 */
export const remedy =
  "Run `npx effect-estimator devices install xla-cpu` (or xla-cuda, tpu), or set EFFECT_ESTIMATOR_PJRT_PLUGIN to the path of a PJRT plugin."
