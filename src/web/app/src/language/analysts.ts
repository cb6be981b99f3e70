import { analysts as en } from './analysts.en.js';
import { analysts as es } from './analysts.es.js';
import { learn } from './language.js';

// Whatever shows one of these words imports this first.
learn({ en, es });
