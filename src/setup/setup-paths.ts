/** The address of each step. The pages' forms, their script and Facebook lead to them. */
export const SETUP_PATHS = {
  open: '/admin_ui',
  startLogin: '/admin/log-in',
  loginCallback: '/admin/log-in/callback',
  loginProgress: '/admin/log-in/progress',
  continueLogin: '/admin/log-in/continue',
  useToken: '/admin/token',
  chooseAccount: '/admin/account',
  tryLike: '/admin/trial',
  handOver: '/admin/finish',
  assets: '/admin/assets',
} as const;
