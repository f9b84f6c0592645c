/** Where the arrow keys lead among the items of a figure. */

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */

const OVERLAP = 3; // pixels by which lines may overlap and still be two lines
const DISTANCE_OF_LINES = 4; // a line further away counts as much as four to the side

/**
 * Return the place of the box that is nearest on a line below or above.
 *
 * @param {Box[]} boxes
 * @param {Box} from
 * @param {boolean} down
 * @returns {number} -1 where there is no such line.
 */
export function nearestOnNextLine(boxes, from, down) {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  boxes.forEach((box, i) => {
    const height = down ? box.top - from.bottom : from.top - box.bottom;
    const aside = Math.abs((box.left + box.right) / 2 - (from.left + from.right) / 2);
    const distance = height * DISTANCE_OF_LINES + aside;
    if (height > -OVERLAP && distance < least) {
      least = distance;
      nearest = i;
    }
  });
  return nearest;
}

/**
 * Return the place among `count` items that a key leads to, without going up or down.
 *
 * @param {string} key
 * @param {number} at The place to go from.
 * @param {{first: number, last: number}} line The ends of its line.
 * @param {boolean} [isTurned] Whether the line runs from right to left.
 * @returns {number | null} Null for a key that leads nowhere here.
 */
export function placeAlongLine(key, at, line, isTurned = false) {
  const right = isTurned ? -1 : 1; // arrows lead where they point
  switch (key) {
    case "ArrowRight":
      return at + right;
    case "ArrowLeft":
      return at - right;
    case "Home":
      return line.first;
    case "End":
      return line.last;
    default:
      return null;
  }
}
