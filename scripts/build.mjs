import { build } from './prepare.mjs';

/** `npm run build`: what `npm start` and `npm test` find built, and do not build again. */
build();
