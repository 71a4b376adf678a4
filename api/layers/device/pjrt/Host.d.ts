export declare const engine = "pjrt";
export declare const remedy = "Run `npx effect-estimator devices install xla-cpu` (or xla-cuda, tpu), or set EFFECT_ESTIMATOR_PJRT_PLUGIN to the path of a PJRT plugin.";
