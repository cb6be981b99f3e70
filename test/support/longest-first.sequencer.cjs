const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes minutes begins first, so that no worker is left alone with it at the end; within a tier by size, as Jest does. */
const FIRST = [/faults/, /\.e2e\./, /\.int\./];
const place = ({ path }) => FIRST.findIndex((pattern) => pattern.test(path)) >>> 0;

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
};
