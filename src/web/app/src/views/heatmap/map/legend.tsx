import { number, t } from '../../../language/language.js';
import { go, withParameters } from '../../../shell/address.js';
import { type Layer, TRANSPARENCY } from '../reading/filters.js';
import { colourAt, ticksOf } from './colour-scale.js';

const SHADES = [0, 0.25, 0.5, 0.75, 1];
const gradient = `linear-gradient(90deg, ${SHADES.map((at) => `rgb(${colourAt(at).join(' ')})`).join(', ')})`;

/** Explains the colours, and how much of the page they let through. @param top clicks of the hottest colour */
export function Legend({ top, layer, transparency }: { top: number; layer: Layer; transparency: number }) {
  return (
    <div class="heat-legend">
      <div class="scale">
        <div class="bar" style={{ background: gradient }} />
        {ticksOf(top).map(({ clicks, at }) => (
          <span class="tick" style={{ left: `${at * 100}%` }}>
            {number(Math.round(clicks))}
          </span>
        ))}
        <span class="what">{layer === 'grid' ? t('scaleGrid') : t('scaleHeat')}</span>
      </div>
      {layer !== 'grid' && (
        <label>
          {t('transparency')}
          <input
            type="range"
            min={TRANSPARENCY.least}
            max={TRANSPARENCY.most}
            step={TRANSPARENCY.step}
            value={transparency}
            onInput={(event) => go(withParameters({ transparency: event.currentTarget.value }), true)}
          />
          <output>{transparency} %</output>
        </label>
      )}
    </div>
  );
}
