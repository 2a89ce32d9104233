import type { Evidence } from '../consent/consent-proof.ts';
import type { Form } from './form-terms.ts';
import type { FormShown } from './form-shown.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';

/** Where a sending came from. */
export interface FormOrigin {
  readonly formUrl: string;
  readonly ip: string;
  /** The same for all addresses that one household may have. */
  readonly network: string;
  readonly userAgent: string;
}

/** What a person did on the page. */
export interface FormActs {
  readonly ticked: readonly ConsentPurpose[];
  /** Whether the box of age was ticked; absent where it was not shown. */
  readonly adult: boolean | undefined;
  readonly firstName: string | undefined;
}

/** What shows that somebody agreed on a page of ours: seen, done, when, from where. */
export function formEvidence(
  form: Form,
  shown: FormShown,
  seen: FormOrigin & FormActs & { readonly shownAt: string; readonly renderedSha256: string },
): Evidence {
  return {
    formUrl: seen.formUrl,
    ip: seen.ip,
    ...(seen.userAgent === '' ? {} : { userAgent: seen.userAgent }),
    formId: form.id,
    formVersion: String(form.version),
    renderedSha256: seen.renderedSha256,
    language: shown.language,
    shownAt: seen.shownAt,
    boxes: boxesOf(shown.boxes, seen.ticked),
    boxDefault: 'false',
    ...(seen.adult === undefined ? {} : { adultDeclared: String(seen.adult) }),
    ...(seen.firstName === undefined ? {} : { firstName: seen.firstName }),
  };
}

/** `marketing=ticked appointment=empty`: what was left empty is told too. */
export const boxesOf = (
  boxes: readonly { readonly purpose: ConsentPurpose }[],
  ticked: readonly ConsentPurpose[],
): string =>
  boxes.map(({ purpose }) => `${purpose}=${ticked.includes(purpose) ? 'ticked' : 'empty'}`).join(' ');
