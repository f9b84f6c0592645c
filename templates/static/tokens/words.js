/** Divides texts into words and grapheme clusters as models were trained on them. */

/**
 * @typedef {object} ClassTable
 * What `generator/corpora/character_classes.json` holds.
 * @property {number} format
 * @property {string} unicode
 * @property {string} default The class of characters that are in no other.
 * @property {string} word Pattern of a word over classes.
 * @property {string} cluster Pattern of a grapheme cluster over classes.
 * @property {Record<string, string>} classes Runs by class: passed over, taken, in turn.
 */

const FORMAT = 1;

/**
 * Return the runs of all classes in the order of their characters.
 *
 * @param {Record<string, string>} classes
 * @returns {[start: number, end: number, symbol: string][]}
 */
export function unpackClasses(classes) {
  /** @type {[number, number, string][]} */
  const runs = [];
  for (const [symbol, packed] of Object.entries(classes)) {
    const numbers = packed.split(",").map((number) => Number.parseInt(number, 36));
    let end = 0;
    for (let i = 0; i < numbers.length; i += 2) {
      const start = end + (numbers[i] ?? 0);
      end = start + (numbers[i + 1] ?? 0);
      runs.push([start, end, symbol]);
    }
  }
  return runs.sort((a, b) => a[0] - b[0]);
}

/** A splitter of texts by the classes of a table, whatever Unicode the browser has. */
export class TextSplitter {
  /** @param {ClassTable} table */
  constructor(table) {
    if (table.format !== FORMAT) throw new Error(`classes of format ${table.format}`);
    this.runs = unpackClasses(table.classes);
    this.other = table.default;
    this.word = new RegExp(table.word, "g");
    this.cluster = new RegExp(table.cluster, "g");
  }

  /**
   * Return the class of a character.
   *
   * @param {string} char
   * @returns {string}
   */
  classOf(char) {
    const code = char.codePointAt(0) ?? 0;
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.runs[middle]?.[1] ?? 0) <= code) low = middle + 1;
      else high = middle;
    }
    const run = this.runs[low];
    return run && run[0] <= code ? run[2] : this.other;
  }

  /**
   * Return the parts of a text whose classes match a pattern.
   *
   * @param {string} text
   * @param {RegExp} pattern
   * @returns {string[]}
   */
  split(text, pattern) {
    const chars = Array.from(text);
    const symbols = chars.map((char) => this.classOf(char)).join("");
    return [...symbols.matchAll(pattern)].map((match) =>
      chars.slice(match.index, match.index + match[0].length).join(""),
    );
  }

  /**
   * Return the words and marks of a text, in lower case and normal form NFC.
   *
   * @param {string} text
   * @returns {string[]}
   */
  words(text) {
    return this.split(text.toLowerCase().normalize("NFC"), this.word);
  }

  /**
   * Return the grapheme clusters of a text, which is all of it.
   *
   * @param {string} text
   * @returns {string[]}
   */
  clusters(text) {
    return this.split(text, this.cluster);
  }
}
