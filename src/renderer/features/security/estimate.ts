import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** Longer texts take it long to read, and no longer to guess. */
const LONGEST = 100;

/** How many guesses somebody needs who knows how people choose passwords. */
export const guessesFor = (passphrase: string): number =>
  zxcvbn.check(passphrase.slice(0, LONGEST)).guesses;
