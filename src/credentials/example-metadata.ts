/**
 * The example of metadata in the OpenAPI document. Swagger UI can try it in the sandbox, because it
 * is sealed with the published key. It opens nowhere else: see `includePublishedKey`.
 */
export const EXAMPLE_METADATA = [
  'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoic2FuZGJveCIsInR5cCI6ImlnLWFjY291bnQrandlIi',
  'wia2RmIjoiSEtERi1TSEEyNTYiLCJpYXQiOjE3OTU1NjQ4MDB9..9teYXpHdRDUrjtsa.N2Mnq65wjzWjx8sXn1cig',
  'hFtC3GNtL9NnucUW1hz9u9Y6z-4fyfFU82tUk-iGQZgiZe475QsMaEWhGPsNg9xJTMtiIqVD8eLfp3MUIhWmaGfg19',
  'gUViOjEvyOEf4CVx2fWERgw6pOK3yp0LPO3z0-_ANvzyytxU37JcRK3DWdh9SVmTXSnb1cW9dfAl88S_Bg852a4q_f',
  'WDKqDcYgQiQsGOFGSHJd4cEmCT3w6hcrfZremG7ugFyYthdaBziPIjGqkB5OdtfLeBYz5ZW3Bm1TUgboPV2FbubZsn',
  'UvfeJjPwpk57-GE2JxPQoAcJl99qmJNGWDvh8NVc2jkJwTPz6Gr5v5ZJas4Ai20PjKlMfY6CW1-8Ja6j3YkQHFDcoP',
  'gptSOZmc7jrOCX7gG_MqnrunyyT2PhFdTucag.yaJ-9FqXjVS2meDYY8ubaQ',
].join('');
