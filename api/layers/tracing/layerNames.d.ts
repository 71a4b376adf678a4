export declare const makeLayerNames: () => ((name: string) => string);
