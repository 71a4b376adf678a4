import { type Gradients } from "./gradient.ts";
export declare const windowsLacking: Gradients;
