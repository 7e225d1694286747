/* SPDX-License-Identifier: Apache-2.0
 * errand_form_test.c - forms filled in from the record, blank where nothing is known, and whole
 * numbers only for who may read them. */
#include "core/text.h"
#include "flows.h"
#include "gov/errand/errand.h"
#include "kernel/audit/audit.h"
#include "kernel/person/person.h"

#define ID_WANG "110101194103071038"

TEST(an_application_is_printed_filled_in_and_the_look_is_kept)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t), *office = client_new(t), *other = client_new(t);
    struct look_row *looks;
    size_t n;
    struct key k = test_app_person(t, TEST_VILLAGE, "王某某", ID_WANG, "13812341234");
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken x = flow_take(agent, key_text(&t->c, k), NULL, "高龄津贴", NULL);
    client_get(agent, flow_path(agent, "/errand/%s", x.key));
    EXPECT_PAGE(agent, 200, flow_path(agent, "/errand/%s/form", x.key));
    client_get(agent, flow_path(agent, "/errand/%s/form", x.key));
    EXPECT_PAGE(agent, 200, "申请表");
    EXPECT_HAS(agent, ID_WANG);
    EXPECT_HAS(agent, "13812341234");
    EXPECT_HAS(agent, "赤壁市赵李桥镇柳林村");
    EXPECT_HAS(agent, "念给本人听过");
    EXPECT_EQ(look_list(&t->c, k, &looks, &n), OK);
    bool kept = false;
    for (size_t i = 0; i < n; i++)
        kept |= str_starts(looks[i].reason, "打印表格");
    EXPECT(kept);
    client_get(agent, flow_path(agent, "/errand/%s/form?kind=entrust", x.key));
    EXPECT_PAGE(agent, 200, "委托书");
    EXPECT_HAS(agent, "受托人");
    client_get(agent, flow_path(agent, "/errand/%s/form?kind=promise", x.key));
    EXPECT_STATUS(agent, 404); /* nothing comes later */
    client_get(agent, flow_path(agent, "/errand/%s/form?kind=nonsense", x.key));
    EXPECT_STATUS(agent, 422);
    client_get(agent, flow_path(agent, "/errand/%s/form.pdf?kind=entrust", x.key));
    EXPECT_PAGE(agent, 200, "%PDF-");

    client_sign_in(office, "department", TEST_COUNTY); /* decides, and may read no records */
    client_get(office, flow_path(office, "/errand/%s/form", x.key));
    EXPECT_HAS_NOT(office, ID_WANG);
    EXPECT_HAS_NOT(office, "13812341234");
    client_sign_in(other, "agent", TEST_VILLAGE_OTHER);
    client_get(other, flow_path(other, "/errand/%s/form.pdf", x.key));
    EXPECT_STATUS(other, 404);
    EXPECT_HAS_NOT(other, "王某某");
    test_app_stop(t);
}

TEST(somebody_known_by_name_only_gets_a_form_with_blanks)
{
    struct test_app *t = test_app_start();
    struct client *agent = client_new(t);
    client_sign_in(agent, "agent", TEST_VILLAGE);
    struct taken x = flow_take(agent, NULL, "李某某", "高龄津贴", NULL);
    client_get(agent, flow_path(agent, "/errand/%s/form", x.key));
    EXPECT_PAGE(agent, 200, "李某某");
    EXPECT_HAS(agent, "空着，手写");
    test_app_stop(t);
}

TEST(the_empty_form_of_an_item_is_for_everybody)
{
    struct test_app *t = test_app_start();
    struct client *cl = client_new(t);
    client_get(cl, "/items/elder.allowance");
    EXPECT_PAGE(cl, 200, "/items/elder.allowance/form");
    client_get(cl, "/items/elder.allowance/form");
    EXPECT_PAGE(cl, 200, "申请人签字或手印");
    EXPECT_HAS(cl, "身份证号");
    client_get(cl, "/items/elder.allowance/form.pdf");
    EXPECT_PAGE(cl, 200, "%PDF-");
    client_get(cl, "/items/no.such.item/form");
    EXPECT_STATUS(cl, 404);
    test_app_stop(t);
}
