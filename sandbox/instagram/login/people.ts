import { OMNIWEAR, OUTLET } from '../omniwear.js';

/** A Facebook Page that a person manages. */
export interface Page {
  readonly id: string;
  readonly name: string;
  /** The Instagram professional account that it is linked to. */
  readonly igUserId?: string;
}

/** A person who can log in at the stand-in's Facebook, and the outcome of that login. */
export interface Person {
  readonly key: string;
  /** The app-scoped id. */
  readonly userId: string;
  readonly name: string;
  readonly pages: readonly Page[];
  /** Permissions that the person does not grant. */
  readonly declines: readonly string[];
  /** How long the login code is valid. */
  readonly codeSeconds: number;
  /** The dialog's description of the person. */
  readonly about: string;
}

const OMNIWEAR_PAGE: Page = {
  id: OMNIWEAR.pageId,
  name: 'Omniwear',
  igUserId: OMNIWEAR.igUserId,
};
const OUTLET_PAGE: Page = { id: OUTLET.pageId, name: 'Omniwear Outlet', igUserId: OUTLET.igUserId };

const ORDINARY = { pages: [OMNIWEAR_PAGE], declines: [], codeSeconds: 600 };

/** One person for each outcome of a login. A refusal is the dialog's Cancel link. */
export const PEOPLE: readonly Person[] = [
  {
    ...ORDINARY,
    key: 'olivia',
    userId: '122093311482000001',
    name: 'Olivia',
    about: 'manages Omniwear and grants everything',
  },
  {
    ...ORDINARY,
    key: 'theo',
    userId: '122093311482000002',
    name: 'Theo',
    pages: [OMNIWEAR_PAGE, OUTLET_PAGE],
    about: 'manages two Pages, Omniwear and Omniwear Outlet',
  },
  {
    ...ORDINARY,
    key: 'mila',
    userId: '122093311482000003',
    name: 'Mila',
    declines: ['instagram_manage_engagement'],
    about: 'manages Omniwear and declines the permission to like',
  },
  {
    ...ORDINARY,
    key: 'noah',
    userId: '122093311482000004',
    name: 'Noah',
    pages: [],
    about: 'manages no Page',
  },
  {
    ...ORDINARY,
    key: 'emma',
    userId: '122093311482000005',
    name: 'Emma',
    pages: [{ id: '104726215849077', name: 'Emma bakes' }],
    about: 'manages a Page without an Instagram account',
  },
  {
    ...ORDINARY,
    key: 'leon',
    userId: '122093311482000006',
    name: 'Leon',
    codeSeconds: 0,
    about: 'manages Omniwear; the login code has expired when it arrives',
  },
];
