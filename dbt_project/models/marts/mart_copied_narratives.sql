with

copies as (

    select * from {{ ref('fct_copies') }}
    where copy_kind = 'narrative'

),

reports as (

    select * from {{ ref('int_reports_published') }}
    where is_main

),

own as (

    select
        document_id,
        arg_max(section, (similarity, section)) as section,
        arg_max(other_document_id, (similarity, section)) as other_document_id,
        arg_max(start_line, (similarity, section)) as start_line,
        max(similarity) as similarity
    from copies
    where is_same_agency and other_report_year = report_year - 1
    group by document_id

),

-- The search tells of each pair once, under the later document; both are alike.
both_ways as (

    select
        document_id,
        other_document_id,
        other_agency_id,
        section,
        start_line,
        similarity
    from copies
    where not is_same_agency
    union all
    select
        other_document_id as document_id,
        document_id as other_document_id,
        agency_id as other_agency_id,
        section,
        other_start_line as start_line,
        similarity
    from copies
    where not is_same_agency

),

peers as (

    select
        document_id,
        arg_max(section, (similarity, other_document_id, section)) as section,
        arg_max(other_document_id, (similarity, other_document_id, section)) as other_document_id,
        arg_max(other_agency_id, (similarity, other_document_id, section)) as other_agency_id,
        arg_max(start_line, (similarity, other_document_id, section)) as start_line,
        max(similarity) as similarity,
        count(distinct other_agency_id) as agency_count
    from both_ways
    group by document_id

),

final as (

    select
        reports.agency_id,
        reports.report_year,
        reports.document_id,
        reports.agency_name,
        own.similarity as own_year_similarity_share,
        own.section as own_year_section,
        own.start_line as own_year_start_line,
        own.other_document_id as own_year_document_id,
        peers.similarity as peer_similarity_share,
        peers.section as peer_section,
        peers.start_line as peer_start_line,
        peers.other_document_id as peer_document_id,
        peers.other_agency_id as peer_agency_id,
        coalesce(peers.agency_count, 0) as similar_agency_count
    from reports
    left join own on reports.document_id = own.document_id
    left join peers on reports.document_id = peers.document_id

)

select * from final
