import type { Evidence } from '../consent/consent-proof.ts';
import type { Form } from './form-terms.ts';
import type { FormShown } from './form-shown.ts';
import type { ConsentPurpose } from '../consent/purpose.ts';

/** The origin of a submitted form. */
export interface FormOrigin {
  readonly formUrl: string;
  readonly ip: string;
  /** Equal for all addresses that one household may have. */
  readonly network: string;
  readonly userAgent: string;
}

/** The person's acts on the page. */
export interface FormActs {
  readonly ticked: readonly ConsentPurpose[];
  /** True when the box of age was ticked; absent where it was not shown. */
  readonly adult: boolean | undefined;
  readonly firstName: string | undefined;
}

/** Builds the evidence of an agreement on one of our pages: text seen, act, time, origin. */
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

/** `marketing=ticked appointment=empty`: empty boxes are listed too. */
export const boxesOf = (
  boxes: readonly { readonly purpose: ConsentPurpose }[],
  ticked: readonly ConsentPurpose[],
): string =>
  boxes.map(({ purpose }) => `${purpose}=${ticked.includes(purpose) ? 'ticked' : 'empty'}`).join(' ');
