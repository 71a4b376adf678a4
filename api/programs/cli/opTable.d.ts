export interface OpRow {
    readonly op: string;
    readonly group: string;
    readonly reference: string;
    readonly onnx: string;
    readonly tensorflow: string;
    readonly pjrt: string;
    readonly attributes: string;
}
export declare const heading: ReadonlyArray<string>;
export declare const opRows: () => Promise<ReadonlyArray<OpRow>>;
export declare const cellsOf: ({ attributes, group, onnx, op, pjrt, reference, tensorflow }: OpRow) => ReadonlyArray<string>;
