import { html, type Html } from '../../platform/index.ts';
/** A pattern for closed hours that is recognizable without colour. */
export const hatch = (id: string): Html =>
  html`<defs><pattern id="${id}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="shut" width="7" height="7"/><line class="stroke" x1="0" y1="0" x2="0" y2="7"/></pattern></defs>`;

/** Rounds a number for an attribute of a drawing. */
export const place = (value: number): string => String(Math.round(value * 10) / 10);
