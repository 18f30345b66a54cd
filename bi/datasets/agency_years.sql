-- One row per agency and report year, with the names that people filter by. Everything about agencies and places is decided here.
with

named as (

    select
        agency_id,
        agency_name,
        count(*) over (partition by agency_name) as namesake_count
    from dim_agencies

),

placed as (

    select
        reports.*,
        regions.province_name,
        regions.region_full_name,
        -- Without a region of that year, the place with which the name begins is all there is, and is called undecided.
        regexp_extract(
            coalesce(reports.agency_canonical_name, reports.agency_name), '^.{2,}?(?:省|自治区|特别行政区|自治州|地区|盟|市|区|县|旗)'
        ) as first_place,
        regexp_extract(
            coalesce(reports.agency_canonical_name, reports.agency_name), '^(?:.{1,8}?(?:省|自治区|自治州|地区|盟|市|区|县|旗)){1,3}'
        ) as whole_place
    from fct_reports as reports
    left join dim_regions as regions
        on reports.region_code = regions.region_code and reports.report_year = regions.report_year

)

select
    years.agency_id,
    years.report_year,
    years.document_id,
    years.source,
    years.template,
    years.new_received_count,
    years.carried_over_count,
    years.accepted_request_count,
    years.processed_count,
    years.carried_forward_count,
    years.granted_count,
    years.partly_granted_count,
    years.denied_count,
    years.unavailable_count,
    years.not_processed_count,
    years.other_processed_count,
    years.natural_person_count,
    years.organization_count,
    years.disclosure_share,
    years.denial_share,
    years.unavailable_share,
    years.not_processed_share,
    years.completion_share,
    years.review_count,
    years.review_corrected_count,
    years.review_concluded_count,
    years.review_correction_share,
    years.litigation_count,
    years.litigation_corrected_count,
    years.litigation_concluded_count,
    years.litigation_correction_share,
    years.licence_decision_count,
    years.penalty_decision_count,
    years.enforcement_decision_count,
    years.fee_10k_yuan,
    years.finding_error_count,
    years.has_source_errors,
    placed.region_code,
    case
        when named.namesake_count = 1 then named.agency_name
        else concat(named.agency_name, '（', coalesce(placed.region_code, left(named.agency_id, 8)), '）')
    end as agency,
    case placed.agency_level
        when 'ministry' then '1 国务院部门'
        when 'province' then '2 省级'
        when 'prefecture' then '3 地级'
        when 'county' then '4 县级'
        when 'township' then '5 乡级'
        when 'zone' then '6 功能区'
        else '9 层级未定'
    end as agency_level,
    case placed.agency_kind
        when 'government' then '人民政府'
        when 'government_office' then '政府办公厅（室）'
        when 'department' then '政府部门'
        when 'township_government' then '乡镇街道'
        when 'zone_committee' then '功能区管委会'
        when 'public_institution' then '事业单位'
        when 'enterprise' then '企业'
        else '类别未定'
    end as agency_kind,
    case placed.report_scope
        when 'own' then '本机关'
        when 'level' then '本级'
        when 'region_total' then '全地区汇总'
        else '范围未写明'
    end as report_scope,
    case
        when placed.province_name is not null then placed.province_name
        when placed.first_place = '' then '区划未定'
        else concat(placed.first_place, '（未定）')
    end as province,
    case
        when placed.region_full_name is not null then placed.region_full_name
        when placed.whole_place = '' then '区划未定'
        else concat(placed.whole_place, '（未定）')
    end as place,
    years.granted_count + years.partly_granted_count as disclosed_count
from mart_agency_years as years
inner join placed on years.document_id = placed.document_id
inner join named on years.agency_id = named.agency_id
