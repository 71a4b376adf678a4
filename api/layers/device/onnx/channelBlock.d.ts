import type { Libraries } from "./libraries.ts";
import { Ort } from "./Ort.ts";
export declare const channelBlock: (ort: Ort) => number;
export declare const channelBlockOf: (libraries: Libraries, ort?: Ort) => number;
