import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analysts as analystsEn } from '../../src/web/app/src/language/analysts.en.js';
import { analysts as analystsEs } from '../../src/web/app/src/language/analysts.es.js';
import { en as shellEn } from '../../src/web/app/src/language/en.js';
import { es as shellEs } from '../../src/web/app/src/language/es.js';

/** With the words that come with their views. */
const en = { ...shellEn, ...analystsEn };
const es = { ...shellEs, ...analystsEs };

const APP = 'src/web/app/src';
const sources = readdirSync(APP, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('language'))
  .map((file) => readFileSync(join(APP, file), 'utf8'))
  .join('\n');

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the words of the pages', () => {
  it('are each in one place', () => {
    expect(Object.keys(en)).toHaveLength(Object.keys(shellEn).length + Object.keys(analystsEn).length);
  });

  it('are there in both languages, none empty, each with the same places to fill in', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
    for (const word of Object.keys(en) as (keyof typeof en)[]) {
      expect([word, en[word].trim() !== '', es[word].trim() !== '']).toEqual([word, true, true]);
      expect([word, places(es[word])]).toEqual([word, places(en[word])]);
    }
  });

  it('are all used', () => {
    // Words that the API's own values choose: a reason, an interval, an outcome, a service, an interaction, a comparison.
    const composed =
      /^(reason|interval|outcome|service|compare|window|condition|alert|region|merge|report)_|^(view|scroll)$/;
    const unused = Object.keys(en).filter((word) => !composed.test(word) && !sources.includes(`'${word}'`));
    expect(unused).toEqual([]);
  });

  it('no view shows a text of its own', () => {
    // What stands between tags is a word of the dictionary, a figure or a sign.
    const texts = [...sources.matchAll(/>([^<>{}=();]*[A-Za-z]{3,}[^<>{}=();]*)<\//g)].map(([, text]) => text!.trim());
    expect(texts.filter((text) => text !== 'monitoreo')).toEqual([]);
  });
});
