import { OMNIWEAR, OUTLET } from '../omniwear.js';

/** A Facebook Page that a person manages. */
export interface Page {
  readonly id: string;
  readonly name: string;
  /** The Instagram professional account that it is linked to. */
  readonly igUserId?: string;
}

/** Somebody who can log in at the stand-in's Facebook, and how that goes. */
export interface Person {
  readonly key: string;
  /** By an id that only this app sees. */
  readonly userId: string;
  readonly name: string;
  readonly pages: readonly Page[];
  /** Permissions that the person leaves out. */
  readonly leavesOut: readonly string[];
  /** How long the log-in's code can be used. */
  readonly codeSeconds: number;
  /** What the dialog says about the person. */
  readonly about: string;
}

const OMNIWEAR_PAGE: Page = {
  id: OMNIWEAR.pageId,
  name: 'Omniwear',
  igUserId: OMNIWEAR.igUserId,
};
const OUTLET_PAGE: Page = { id: OUTLET.pageId, name: 'Omniwear Outlet', igUserId: OUTLET.igUserId };

const ORDINARY = { pages: [OMNIWEAR_PAGE], leavesOut: [], codeSeconds: 600 };

/** One for each way in which a log-in can go. Whoever refuses takes the button for it. */
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
    leavesOut: ['instagram_manage_engagement'],
    about: 'manages Omniwear and leaves out the permission to like',
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
    about: 'manages Omniwear; the code of the log-in has run out when it arrives',
  },
];
