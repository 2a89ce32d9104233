/** The day that several territories keep, each on its own date. */
export const SLAVERY = { name: 'abolition de l’esclavage', nameEn: 'Abolition of Slavery' } as const;

/** The Friday before Easter Sunday. */
export const GOOD_FRIDAY = { when: -2, name: 'Vendredi saint', nameEn: 'Good Friday' } as const;

/** The article that gives the overseas departments their day. */
export const L3422 = 'Code du travail, art. L3422-2';
