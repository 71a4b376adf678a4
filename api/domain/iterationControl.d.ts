export interface Measured {
    readonly steps: number;
    readonly millis: number;
}
export interface Control {
    readonly targetMillis: number;
    readonly measured: ReadonlyArray<Measured>;
    readonly count: number;
}
export declare const windowSize = 20;
export declare const start: (targetMillis: number) => Control;
export declare const update: (control: Control, run: Measured) => Control;
