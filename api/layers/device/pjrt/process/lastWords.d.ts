export declare const lastWords: (text: string) => string;
