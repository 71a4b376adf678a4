import { type Gradients } from "./gradient.ts";
export declare const movementLacking: Gradients;
export declare const movementCorrected: Gradients;
