/** Finds what was asked for in the index that `generator` writes as a script. */

/**
 * @typedef {[page: number, id: string, title: string, text: string, figure?: number]} Entry
 * A section of a study or a figure of it; `page` is a place in `pages`.
 */

/**
 * @typedef {object} SearchIndex
 * @property {string} terms All words, sorted, with spaces between.
 * @property {string} places For each word the entries that hold it, packed.
 * @property {[path: string, title: string, day: string, head: string][]} pages
 * @property {Entry[]} documents
 */

/** @typedef {{text: string, hit: boolean}} Piece A part of a text; whether it was asked for. */

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
/** Writing without spaces: each character is a word. */
const ALONE = /([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])/g;
/** Words of a text as it is written, to be marked; again each such character is one. */
const WRITTEN =
  /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]\p{M}*|(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[\p{L}\p{N}\p{M}\u0640])+/gu;
/** What words are found without: accents, points of Hebrew and Arabic, dots below. */
const ACCENTS =
  /(?:[\u0300-\u036f]|[\u0591-\u05bd]|[\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]|[\u0610-\u061a]|\u0640|[\u064b-\u065f]|\u0670|[\u06d6-\u06dc]|[\u06df-\u06e8]|[\u06ea-\u06ed]|\u093c|[\u1ab0-\u1aff]|[\u1dc0-\u1dff]|[\u20d0-\u20f0])+/g;
/** What nobody searches for and every figure has: letters, parts of numbers. */
const SHORT = /^([a-z]|[0-9]{1,3})$/;
const EXACT = 2; // how much more a whole word counts than its beginning
const IN_TITLE = 4; // and a word of a title than one of the text
const IN_HEAD = 0.5; // what a section gets for a word of its study's head
const BEFORE = 60; // characters of an excerpt before the first hit
const LENGTH = 220;

/**
 * Return the words of a text without case and accents, as the index cuts them.
 *
 * @param {string} text
 * @returns {string[]}
 */
export function wordsOf(text) {
  const bare = text.normalize("NFKD").replace(ACCENTS, "").toLowerCase();
  const alike = bare.normalize("NFC").replaceAll("ß", "ss").replaceAll("ς", "σ");
  const words = alike.replace(ALONE, " $1 ").match(WORD) ?? [];
  return words.filter((word) => !SHORT.test(word));
}

/**
 * Return packed numbers: base-36 differences, where `-k` stands for k times 1.
 *
 * @param {string} packed
 * @returns {number[]}
 */
export function unpack(packed) {
  let sum = 0;
  return packed.split(",").flatMap((part) => {
    const step = Number.parseInt(part, 36);
    return Array.from({ length: Math.max(1, -step) }, () => {
      sum += step < 0 ? 1 : step;
      return sum;
    });
  });
}

/**
 * Return whether a word begins with one that was asked for.
 *
 * @param {string} text
 * @param {string[]} asked
 * @returns {boolean}
 */
function isHit(text, asked) {
  const words = wordsOf(text);
  return asked.some((start) => words.some((word) => word.startsWith(start)));
}

/**
 * Return a text in pieces, those that were asked for marked as hits.
 *
 * @param {string} text
 * @param {string[]} asked
 * @returns {Piece[]}
 */
export function markHits(text, asked) {
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(WRITTEN)) {
    if (!isHit(match[0], asked)) continue;
    pieces.push({ text: text.slice(end, match.index), hit: false }, { text: match[0], hit: true });
    end = match.index + match[0].length;
  }
  pieces.push({ text: text.slice(end), hit: false });
  return pieces.filter((piece) => piece.text);
}

/**
 * Return a part of a text around its first hit.
 *
 * @param {string} text
 * @param {string[]} asked
 * @returns {string}
 */
export function excerpt(text, asked) {
  const hit = [...text.matchAll(WRITTEN)].find((match) => isHit(match[0], asked));
  const early = !hit || hit.index <= BEFORE + 20;
  const from = early ? 0 : text.lastIndexOf(" ", hit.index - BEFORE) + 1;
  const more = from + LENGTH < text.length;
  return `${from ? "\u2026 " : ""}${text.slice(from, from + LENGTH)}${more ? " \u2026" : ""}`;
}

/** A search of one index. */
export class Search {
  /** @param {SearchIndex} index */
  constructor(index) {
    this.index = index;
    this.terms = index.terms ? index.terms.split(" ") : [];
    this.places = index.places ? index.places.split(" ") : [];
    this.titles = index.documents.map((entry) => new Set(wordsOf(entry[2])));
    this.heads = index.pages.map((page) => wordsOf(`${page[1]} ${page[3]}`));
  }

  /**
   * Return the entries with a word that begins so, and how much that counts for each.
   *
   * @param {string} start
   * @returns {Map<number, number>}
   */
  worth(start) {
    /** @type {Map<number, number>} */
    const worth = new Map();
    const { documents } = this.index;
    this.terms.forEach((term, i) => {
      if (!term.startsWith(start)) return;
      const having = unpack(this.places[i] ?? "");
      const rarity = Math.log(1 + documents.length / having.length) * (term === start ? EXACT : 1);
      for (const number of having) {
        const [page, id] = documents[number] ?? [0, ""];
        const heading = this.titles[number]?.has(term) || (!id && this.heads[page]?.includes(term));
        const score = rarity * (heading ? IN_TITLE : 1);
        worth.set(number, Math.max(worth.get(number) ?? 0, score));
      }
    });
    return worth;
  }

  /**
   * Return the numbers of the entries that have all words, the best first.
   *
   * A section counts what the head of its study says as its own.
   *
   * @param {string[]} asked
   * @returns {number[]}
   */
  find(asked) {
    const found = asked.map((word) => this.worth(word));
    /** @type {(number: number) => number[]} */
    const scores = (number) => {
      const head = this.heads[this.index.documents[number]?.[0] ?? 0] ?? [];
      return asked.map(
        (word, i) =>
          found[i]?.get(number) ?? (head.some((term) => term.startsWith(word)) ? IN_HEAD : 0),
      );
    };
    return [...new Set(found.flatMap((worth) => [...worth.keys()]))]
      .map((number) => ({ number, scores: scores(number) }))
      .filter((entry) => entry.scores.every((score) => score > 0))
      .map(({ number, scores }) => ({ number, score: scores.reduce((a, b) => a + b) }))
      .sort((a, b) => b.score - a.score || a.number - b.number)
      .map((entry) => entry.number);
  }

  /**
   * Return how many entries and studies were found, as a sentence.
   *
   * @param {string[]} asked
   * @param {number[]} found
   * @param {number} most How many are listed.
   * @returns {string}
   */
  summary(asked, found, most) {
    if (!asked.length) return "";
    if (!found.length) return "Nothing has all of these words.";
    const studies = new Set(found.map((number) => this.index.documents[number]?.[0])).size;
    const places = `${found.length} ${found.length === 1 ? "place" : "places"}`;
    const where = `${studies} ${studies === 1 ? "study" : "studies"}`;
    return `${places} in ${where}${found.length > most ? `, the first ${most} shown` : ""}.`;
  }
}
