// The lists of zxcvbn-ts one by one: its index would bring surnames and Wikipedia too, half of all there is.

declare module '@zxcvbn-ts/*.json.mjs' {
  const words: string[];
  export default words;
}

declare module '@zxcvbn-ts/language-en/dist/wordSequences.json.mjs' {
  const listsByName: Record<string, string[]>;
  export default listsByName;
}

declare module '@zxcvbn-ts/language-common/dist/adjacencyGraphs.json.mjs' {
  const neighboursByKeyboard: Record<string, Record<string, (string | null)[]>>;
  export default neighboursByKeyboard;
}
