// Invariants of agreements, companies, drafts, placements and accesses.
#include "storage/invariants/invariants.h"

#include "agreements/v1/access.pb.h"
#include "agreements/v1/company.pb.h"
#include "agreements/v1/product.pb.h"
#include "storage/tables/accesses.h"
#include "storage/tables/placement_sql.h"

namespace agreements::storage {
namespace {

const Statement kCompanyCount = {"find_company_count", R"sql(
  SELECT CONCAT(agreement_id, ': company_count is ', company_count, ', it holds ', held), COUNT(*) OVER ()
  FROM (
    SELECT agreement_id, company_count,
           (SELECT COUNT(*)
            FROM companies AS c
            WHERE c.account_id = agreements.account_id AND c.agreement_id = agreements.agreement_id
              AND c.delete_time IS NULL) AS held
    FROM agreements
    WHERE account_id = ?
  ) AS a
  WHERE company_count <> held
  ORDER BY agreement_id
  LIMIT ?
)sql"};

const Statement kDraftCount = {"find_draft_count", {{"{OPEN}", v1::COMPANY_DRAFT_STATE_OPEN}}, R"sql(
  SELECT CONCAT(agreement_id, ': draft_count is ', draft_count, ', it holds ', held), COUNT(*) OVER ()
  FROM (
    SELECT agreement_id, draft_count,
           (SELECT COUNT(*)
            FROM company_drafts AS d
            WHERE d.account_id = agreements.account_id AND d.agreement_id = agreements.agreement_id
              AND d.state = {OPEN}) AS held
    FROM agreements
    WHERE account_id = ?
  ) AS a
  WHERE draft_count <> held
  ORDER BY agreement_id
  LIMIT ?
)sql"};

const Statement kCompanyAgreement = {"find_company_agreement", R"sql(
  SELECT CONCAT(c.company_id, ': its agreement ', c.agreement_id, IF(a.agreement_id IS NULL, ' is missing',
                                                                     ' is deleted')),
         COUNT(*) OVER ()
  FROM companies AS c
  LEFT JOIN agreements AS a
    ON a.account_id = c.account_id AND a.agreement_id = c.agreement_id
  WHERE c.account_id = ?
    AND (a.agreement_id IS NULL OR a.delete_time IS NOT NULL AND c.delete_time IS NULL)
  ORDER BY c.company_id
  LIMIT ?
)sql"};

const Statement kOrganizationNumber = {"find_organization_number", R"sql(
  SELECT CONCAT(organization_number, ': is that of ', COUNT(*), ' companies, ', MIN(company_id), ' to ',
                MAX(company_id)),
         COUNT(*) OVER ()
  FROM companies
  WHERE account_id = ?
    AND delete_time IS NULL
    AND organization_number <> ''
  GROUP BY organization_number
  HAVING COUNT(*) > 1
  ORDER BY organization_number
  LIMIT ?
)sql"};

const Statement kDraftAgreement = {"find_draft_agreement", {{"{OPEN}", v1::COMPANY_DRAFT_STATE_OPEN}}, R"sql(
  SELECT CONCAT(d.draft_id, ': its agreement ', d.agreement_id, IF(a.agreement_id IS NULL, ' is missing',
                                                                   ' is deleted')),
         COUNT(*) OVER ()
  FROM company_drafts AS d
  LEFT JOIN agreements AS a
    ON a.account_id = d.account_id AND a.agreement_id = d.agreement_id
  WHERE d.account_id = ?
    AND (a.agreement_id IS NULL OR a.delete_time IS NOT NULL AND d.state = {OPEN})
  ORDER BY d.draft_id
  LIMIT ?
)sql"};

const Statement kDraftCompany = {"find_draft_company", {{"{COMPLETED}", v1::COMPANY_DRAFT_STATE_COMPLETED}}, R"sql(
  SELECT CONCAT(d.draft_id, ': is in state ', d.state, ' and has ', COALESCE(d.company_id, 'no company'),
                IF(d.company_id IS NOT NULL AND c.company_id IS NULL, ', which is missing', '')),
         COUNT(*) OVER ()
  FROM company_drafts AS d
  LEFT JOIN companies AS c
    ON c.account_id = d.account_id AND c.company_id = d.company_id
  WHERE d.account_id = ?
    AND (d.state = {COMPLETED} AND c.company_id IS NULL OR d.state <> {COMPLETED} AND d.company_id IS NOT NULL)
  ORDER BY d.draft_id
  LIMIT ?
)sql"};

const Statement kPlacementOf = {"find_placement_of", R"sql(
  SELECT CONCAT(p.company_id, ' from ', p.from_day, ': ',
                IF(c.company_id IS NULL, 'the company is missing',
                   CONCAT('agreement ', p.agreement_id, ' is missing'))),
         COUNT(*) OVER ()
  FROM placements AS p
  LEFT JOIN companies AS c
    ON c.account_id = p.account_id AND c.company_id = p.company_id
  LEFT JOIN agreements AS a
    ON a.account_id = p.account_id AND a.agreement_id = p.agreement_id
  WHERE p.account_id = ?
    AND (c.company_id IS NULL OR p.agreement_id IS NOT NULL AND a.agreement_id IS NULL)
  ORDER BY p.company_id, p.from_day
  LIMIT ?
)sql"};

// Before the first placement, before_it is NULL as well.
const Statement kPlacementNeighbours = {"find_placement_neighbours", R"sql(
  SELECT CONCAT(company_id, ' from ', from_day, ': ', COALESCE(agreement_id, 'nobody'),
                IF(number = 1, ' holds it first', ' holds it, as before')),
         COUNT(*) OVER ()
  FROM (
    SELECT company_id, from_day, agreement_id,
           LAG(agreement_id) OVER (PARTITION BY company_id ORDER BY from_day) AS before_it,
           ROW_NUMBER() OVER (PARTITION BY company_id ORDER BY from_day) AS number
    FROM placements
    WHERE account_id = ?
  ) AS p
  WHERE agreement_id <=> before_it
  ORDER BY company_id, from_day
  LIMIT ?
)sql"};

const Statement kNewestPlacement = {"find_newest_placement", R"sql(
  SELECT CONCAT(company_id, ': is in ', COALESCE(holder, 'no agreement'), ', its newest placement in ',
                COALESCE(placed, 'none')),
         COUNT(*) OVER ()
  FROM (
    SELECT company_id, IF(delete_time IS NULL, agreement_id, NULL) AS holder,
           (SELECT p.agreement_id
            FROM placements AS p
            WHERE p.account_id = companies.account_id AND p.company_id = companies.company_id
            ORDER BY p.from_day DESC
            LIMIT 1) AS placed
    FROM companies
    WHERE account_id = ?
  ) AS c
  WHERE NOT (holder <=> placed)
  ORDER BY company_id
  LIMIT ?
)sql"};

const Statement kAccessOf = {"find_access_of", {{"{LICENSE}", v1::PRODUCT_KIND_LICENSE}}, R"sql(
  SELECT CONCAT(x.access_id, ': ',
                IF(c.company_id IS NULL, CONCAT('company ', x.company_id), CONCAT('product ', x.product_id)),
                IF(c.company_id IS NULL OR p.product_id IS NULL, ' is missing', ' is not of kind LICENSE')),
         COUNT(*) OVER ()
  FROM accesses AS x
  LEFT JOIN companies AS c
    ON c.account_id = x.account_id AND c.company_id = x.company_id
  LEFT JOIN products AS p
    ON p.account_id = x.account_id AND p.product_id = x.product_id
  WHERE x.account_id = ?
    AND (c.company_id IS NULL OR p.product_id IS NULL OR p.kind <> {LICENSE})
  ORDER BY x.access_id
  LIMIT ?
)sql"};

const Statement kLiveAccess = {"find_live_access", {{"{ENDED}", v1::ACCESS_STATE_ENDED}}, R"sql(
  SELECT CONCAT(company_id, ': user ', user_id, ' has ', product_id, ' ', COUNT(*), ' times, ', MIN(access_id), ' to ',
                MAX(access_id)),
         COUNT(*) OVER ()
  FROM accesses
  WHERE account_id = ?
    AND state <> {ENDED}
  GROUP BY company_id, user_id, product_id
  HAVING COUNT(*) > 1
  ORDER BY company_id, user_id, product_id
  LIMIT ?
)sql"};

const Statement kAccessOfDeleted = {"find_access_of_deleted", {{"{ENDED}", v1::ACCESS_STATE_ENDED}}, R"sql(
  SELECT CONCAT(x.access_id, ': is in state ', x.state, ', and ', c.company_id, ' is deleted'), COUNT(*) OVER ()
  FROM accesses AS x
  JOIN companies AS c
    ON c.account_id = x.account_id AND c.company_id = x.company_id
  WHERE x.account_id = ?
    AND x.state <> {ENDED}
    AND c.delete_time IS NOT NULL
  ORDER BY x.access_id
  LIMIT ?
)sql"};

const Statement kAccessDays = {"find_access_days",
                               {{"{INVITED}", v1::ACCESS_STATE_INVITED},
                                {"{ACTIVE}", v1::ACCESS_STATE_ACTIVE},
                                {"{ENDED}", v1::ACCESS_STATE_ENDED},
                                {"{still_goes_on}", kStillGoesOn}},
                               R"sql(
  SELECT CONCAT(access_id, ': is in state ', state, ' from ', COALESCE(from_day, 'no day'), ' until ',
                COALESCE(until_day, 'no day'), IF(expire_time IS NULL, ', and does not expire', '')),
         COUNT(*) OVER ()
  FROM accesses
  WHERE account_id = ?
    AND NOT CASE state
              WHEN {INVITED} THEN expire_time IS NOT NULL AND from_day IS NULL AND until_day IS NULL
              WHEN {ACTIVE} THEN COALESCE(from_day < until_day AND until_day = '{still_goes_on}', 0)
              WHEN {ENDED} THEN from_day IS NULL AND until_day IS NULL
                          OR COALESCE(from_day < until_day AND until_day < '{still_goes_on}', 0)
              ELSE 0
            END
  ORDER BY access_id
  LIMIT ?
)sql"};

// If the clocks of two servers are seconds apart, one can end an access a day later than the other one deletes the
// company. So the first day without a holder proves nothing.
const Statement kAccessHeld = {
    "find_access_held", {{"{no_later_placement}", NoLaterPlacement("p", "accesses.from_day")}}, R"sql(
  SELECT CONCAT(access_id, ': counts from ', from_day, ' until ', until_day, ', but nobody holds ', company_id,
                IF(deleted_from IS NULL, ' so early', CONCAT(' from ', deleted_from))),
         COUNT(*) OVER ()
  FROM (
    SELECT access_id, company_id, from_day, until_day,
           (SELECT MIN(p.from_day)
            FROM placements AS p
            WHERE p.account_id = accesses.account_id AND p.company_id = accesses.company_id AND p.agreement_id IS NULL
              AND p.from_day + INTERVAL 1 DAY < accesses.until_day
              AND {no_later_placement}) AS deleted_from,
           (SELECT MIN(f.from_day)
            FROM placements AS f
            WHERE f.account_id = accesses.account_id AND f.company_id = accesses.company_id) AS held_from
    FROM accesses
    WHERE account_id = ?
  ) AS x
  WHERE deleted_from IS NOT NULL OR from_day < held_from
  ORDER BY access_id
  LIMIT ?
)sql"};

}  // namespace

std::vector<Invariant> StructureInvariants() {
  return {
      {"agreements", "company_count is the number of companies that it holds", &kCompanyCount},
      {"agreements", "draft_count is the number of open drafts that it holds", &kDraftCount},
      {"companies", "its agreement is there, and not deleted unless the company is", &kCompanyAgreement},
      {"companies", "its organization number is no other one's that is not deleted", &kOrganizationNumber},
      {"drafts", "its agreement is there, and not deleted while the draft is open", &kDraftAgreement},
      {"drafts", "when it is completed, and only then, it has a company that is there", &kDraftCompany},
      {"placements", "its company and its agreement are there", &kPlacementOf},
      {"placements", "it has another holder than the one before it, and the first one has a holder",
       &kPlacementNeighbours},
      {"companies", "its newest placement is where it is", &kNewestPlacement},
      {"accesses", "its company is there, and its product, of kind LICENSE", &kAccessOf},
      {"accesses", "it is the only one of its user, company and product that is not ended", &kLiveAccess},
      {"accesses", "it is ended if its company is deleted", &kAccessOfDeleted},
      {"accesses", "its days fit its state", &kAccessDays},
      {"accesses", "it does not count before its company's first day, nor while its company is deleted", &kAccessHeld},
  };
}

}  // namespace agreements::storage
