/* SPDX-License-Identifier: Apache-2.0
 * idno_test.c - the example of GB 11643 and the ways people write their numbers. */
#include "core/day.h"
#include "core/idno.h"
#include "test.h"

TEST(an_identity_number_is_read_and_its_check_character_agrees)
{
    struct idno id;
    int32_t birth = 0;
    EXPECT(idno_parse("11010519491231002X", &id)); /* the standard's own example */
    EXPECT(day_parse("1949-12-31", &birth) && id.birth == birth);
    EXPECT_EQ(id.sex, SEX_FEMALE);
    EXPECT(idno_parse("440524 18800101 0014", &id) == false); /* its other one: before 1900 */
    EXPECT(idno_parse(" 110105 19491231\xE3\x80\x80"
                      "002x",
                      &id));
    EXPECT_STR(id.text, "11010519491231002X");
    EXPECT(idno_parse("１１０１０５１９４９１２３１００２Ｘ", &id));
    EXPECT_STR(id.text, "11010519491231002X");
}

TEST(one_wrong_character_or_two_swapped_are_always_found)
{
    static const char good[] = "11010519491231002X";
    struct idno id;
    for (size_t i = 0; i < 18; i++)
        for (char c = '0'; c <= '9'; c++) {
            char t[19];
            memcpy(t, good, sizeof t);
            t[i] = c;
            EXPECT(c == good[i] || !idno_parse(t, &id));
        }
    for (size_t i = 0; i < 16; i++) {
        char t[19];
        memcpy(t, good, sizeof t);
        t[i] = good[i + 1];
        t[i + 1] = good[i];
        EXPECT(t[i] == t[i + 1] || !idno_parse(t, &id));
    }
}

TEST(what_is_no_identity_number_is_refused)
{
    static const char *bad[] = { "",
                                 "110105491231002",
                                 "11010519491331002X",
                                 "1101051949123100 2",
                                 "11010519491231002X0",
                                 "1101051949123100２é",
                                 "X1010519491231002X",
                                 "\xFF",
                                 "1111111111111111111111111111111111111111111111" };
    struct idno id;
    for (size_t i = 0; i < COUNT(bad); i++)
        EXPECT(!idno_parse(bad[i], &id));
}

TEST(telephone_numbers_come_out_in_one_form)
{
    static const char *t[][2] = {
        { "13812341234", "13812341234" },
        { "138 1234 1234", "13812341234" },
        { "138-1234-1234", "13812341234" },
        { "+86 13812341234", "13812341234" },
        { "0086-138-1234-1234", "13812341234" },
        { "8613812341234", "13812341234" },
        { "１３８１２３４１２３４", "13812341234" },
        { "0715-0234567", NULL },
        { "0715-5234567", "0715-5234567" },
        { "07155234567", "0715-5234567" },
        { "(0715) 5234567", "0715-5234567" },
        { "（0715）5234567", "0715-5234567" },
        { "010-62345678", "010-62345678" },
        { "02787654321", "027-87654321" },
        { "+86 715 5234567", "0715-5234567" },
        { "+86 10 62345678", "010-62345678" },
        { "0755-86543210", "0755-86543210" },
        { "12812341234", NULL },
        { "1381234123", NULL },
        { "138123412345", NULL },
        { "", NULL },
        { "5234567", NULL },
        { "0715", NULL },
        { "0", NULL },
        { "+86", NULL },
        { "011-62345678", NULL },
        { "138a2341234", NULL },
        { "138123412３４５６７８９０１２３４５６７８", NULL },
        { "\xC3", NULL },
        { "+1 2125550100", NULL },
    };
    for (size_t i = 0; i < COUNT(t); i++) {
        char out[PHONE_MAX + 1] = "untouched";
        bool ok = phone_parse(t[i][0], out);
        EXPECT_EQ(ok, t[i][1] != NULL);
        EXPECT_STR(out, ok ? t[i][1] : "untouched");
        if (ok) { /* what came out is read as itself */
            char again[PHONE_MAX + 1];
            EXPECT(phone_parse(out, again));
            EXPECT_STR(out, again);
        }
    }
}

TEST(a_mask_shows_no_more_than_it_should)
{
    char id[19], phone[PHONE_MAX + 1];
    idno_mask("11010519491231002X", id);
    EXPECT_STR(id, "1101**********002X");
    idno_mask("1101", id);
    EXPECT_STR(id, "******************");
    phone_mask("13812341234", phone);
    EXPECT_STR(phone, "138****1234");
    phone_mask("0715-5234567", phone);
    EXPECT_STR(phone, "0715-****567");
    phone_mask("010-62345678", phone);
    EXPECT_STR(phone, "010-****678");
    phone_mask("junk", phone);
    EXPECT_STR(phone, "***********");
    phone_mask("0715-52345678901234567", phone);
    EXPECT_STR(phone, "***********");
}
