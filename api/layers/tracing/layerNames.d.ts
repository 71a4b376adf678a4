export interface LayerNames {
    readonly of: (name: string) => string;
    readonly keep: (layers: Iterable<string>) => void;
}
export declare const makeLayerNames: () => LayerNames;
