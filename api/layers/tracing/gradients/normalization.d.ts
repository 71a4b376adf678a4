import { type Gradients } from "./gradient.ts";
export declare const normalizationCorrected: Gradients;
export declare const completeBatchNorm: () => void;
